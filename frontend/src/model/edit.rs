//! 送信データ修正: the parameters as they are and as they shall be, what differs, and what is wrong with it.
//! The rules of names and lengths are `todoke_domain::payment`'s; the server judges the characters by the endpoint.
use super::decisions::Outcome;
use crate::api::error::FieldFault;
use crate::i18n::Lang;
use todoke_domain::payment::{BASE_PARAMETERS, FaultKind, Parameter, faults_of_edited_parameters};

/// Shown, never edited: they say whose payment it is (product rule A.9).
const FIXED: [&str; 2] = ["clientip", "order_no"];
/// Longest reason, in characters, as the server takes it.
pub(crate) const REASON_CHARS_MAX: usize = 500;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) lines: Vec<Line>,
    pub(crate) reason: String,
    /// The only parameters that the IP code's settings permit; `None` permits all but those that name the payment.
    pub(crate) editable: Option<Vec<String>>,
    /// The row's attempts when the parameters were read: the server refuses what was decided on an older page.
    pub(crate) attempt_count: i64,
    /// Made when the confirmation opens; any change makes it another decision.
    pub(crate) idempotency_key: Option<String>,
    /// What the server found wrong, to be read beside the fields.
    pub(crate) faults: Vec<FieldFault>,
    pub(crate) outcome: Option<Outcome>,
    next_number: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Tells lines apart while names are being typed.
    pub(crate) number: u32,
    pub(crate) content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Fixed { name: String, value: String, why: Fixed },
    Stored { name: String, before: String, after: String },
    Removed { name: String, before: String },
    Added { name: String, value: String },
}

/// Why a parameter is shown and not edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fixed {
    NamesThePayment,
    BySetting,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Same,
    Changed,
    Added,
    Removed,
}

impl Content {
    pub(crate) fn change(&self) -> Change {
        match self {
            Self::Stored { before, after, .. } if before != after => Change::Changed,
            Self::Fixed { .. } | Self::Stored { .. } => Change::Same,
            Self::Removed { .. } => Change::Removed,
            Self::Added { .. } => Change::Added,
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Fixed { name, .. }
            | Self::Stored { name, .. }
            | Self::Removed { name, .. }
            | Self::Added { name, .. } => name,
        }
    }

    pub(crate) fn before(&self) -> Option<&str> {
        match self {
            Self::Fixed { value, .. } => Some(value),
            Self::Stored { before, .. } | Self::Removed { before, .. } => Some(before),
            Self::Added { .. } => None,
        }
    }

    pub(crate) fn after(&self) -> Option<&str> {
        match self {
            Self::Fixed { value, .. } | Self::Added { value, .. } => Some(value),
            Self::Stored { after, .. } => Some(after),
            Self::Removed { .. } => None,
        }
    }

    /// Every result has the base parameters; only further ones come and go.
    pub(crate) fn may_be_removed(&self) -> bool {
        matches!(self, Self::Stored { name, .. } if !BASE_PARAMETERS.contains(&name.as_str()))
    }

    fn retype(&mut self, text: &str) {
        match self {
            Self::Stored { after, .. } => text.clone_into(after),
            Self::Added { value, .. } => text.clone_into(value),
            Self::Fixed { .. } | Self::Removed { .. } => {}
        }
    }
}

impl Edit {
    /// As the form opens it: what was sent is done with; what failed may be mended and sent as a new decision.
    pub(crate) fn taken_up_again(self) -> Self {
        match self.outcome {
            None => self,
            Some(Outcome::Failed { .. } | Outcome::Conflicted(_) | Outcome::Refused(_)) => {
                Self { outcome: None, idempotency_key: None, ..self }
            }
            Some(Outcome::Succeeded | Outcome::Closed | Outcome::Running) => Self::default(),
        }
    }

    /// Takes the parameters as they stand now, and which of them may be edited. What was typed before stays, held
    /// against them.
    pub(crate) fn rebase(&mut self, stored: &[Parameter], editable: Option<&[String]>, attempt_count: i64) {
        let earlier = std::mem::take(&mut self.lines);
        self.attempt_count = attempt_count;
        self.editable = editable.map(<[String]>::to_vec);
        for parameter in stored {
            let typed = earlier.iter().find(|line| line.content.name() == parameter.name);
            let content = match self.fixed(&parameter.name) {
                Some(why) => {
                    Content::Fixed { name: parameter.name.clone(), value: parameter.value.clone(), why }
                }
                None => stored_line(parameter, typed.map(|line| &line.content)),
            };
            match typed {
                // A line keeps its number: what is told of it, and the focus, stay where they are.
                Some(Line { number, .. }) => self.lines.push(Line { number: *number, content }),
                None => {
                    self.push(content);
                }
            }
        }
        let is_stored = |line: &Line| stored.iter().any(|parameter| parameter.name == line.content.name());
        let added =
            earlier.into_iter().filter(|line| line.content.change() == Change::Added && !is_stored(line));
        self.lines.extend(added);
    }

    /// Why a parameter may not be edited, if it may not.
    fn fixed(&self, name: &str) -> Option<Fixed> {
        if FIXED.contains(&name) {
            return Some(Fixed::NamesThePayment);
        }
        let editable = self.editable.as_ref()?;
        (!editable.iter().any(|permitted| permitted == name)).then_some(Fixed::BySetting)
    }

    /// The names that may still be added; `None` where any may.
    pub(crate) fn addable(&self) -> Option<Vec<String>> {
        let is_here = |name: &String| self.lines.iter().any(|line| line.content.name() == name);
        let editable = self.editable.as_ref()?.iter();
        Some(editable.filter(|name| !is_here(name)).cloned().collect())
    }

    fn push(&mut self, content: Content) -> u32 {
        let number = self.next_number;
        self.next_number = number.wrapping_add(1);
        self.lines.push(Line { number, content });
        number
    }

    /// A further parameter, its name yet to be typed; its number.
    pub(crate) fn add(&mut self) -> u32 {
        self.decide_anew();
        self.push(Content::Added { name: String::new(), value: String::new() })
    }

    pub(crate) fn line(&self, number: u32) -> Option<&Content> {
        self.lines.iter().find(|line| line.number == number).map(|line| &line.content)
    }

    pub(crate) fn retype(&mut self, number: u32, text: &str) {
        self.change(number, |content| content.retype(text));
    }

    pub(crate) fn rename(&mut self, number: u32, text: &str) {
        self.change(number, |content| {
            if let Content::Added { name, .. } = content {
                text.clone_into(name);
            }
        });
    }

    pub(crate) fn give_reason(&mut self, text: &str) {
        self.decide_anew();
        text.clone_into(&mut self.reason);
    }

    /// Takes a stored parameter out, or an added one away.
    pub(crate) fn remove(&mut self, number: u32) {
        self.change(number, |content| {
            if let Content::Stored { name, before, .. } = content {
                *content = Content::Removed { name: std::mem::take(name), before: std::mem::take(before) };
            }
        });
        self.lines.retain(|line| line.number != number || !matches!(line.content, Content::Added { .. }));
    }

    /// Back to what is stored.
    pub(crate) fn restore(&mut self, number: u32) {
        self.change(number, |content| match content {
            Content::Stored { before, after, .. } => after.clone_from(before),
            Content::Removed { name, before } => {
                *content = Content::Stored {
                    name: std::mem::take(name),
                    before: before.clone(),
                    after: std::mem::take(before),
                };
            }
            Content::Fixed { .. } | Content::Added { .. } => {}
        });
    }

    fn change(&mut self, number: u32, change: impl FnOnce(&mut Content)) {
        self.decide_anew();
        if let Some(line) = self.lines.iter_mut().find(|line| line.number == number) {
            change(&mut line.content);
        }
    }

    /// A changed mind is a new decision: it gets a key of its own.
    fn decide_anew(&mut self) {
        self.idempotency_key = None;
    }

    pub(crate) fn is_changed(&self) -> bool {
        self.lines.iter().any(|line| line.content.change() != Change::Same)
    }

    /// The whole new list, in the order of the page.
    pub(crate) fn parameters(&self) -> Vec<Parameter> {
        let parameter = |line: &Line| {
            let value = line.content.after()?.to_owned();
            Some(Parameter { name: line.content.name().to_owned(), value })
        };
        self.lines.iter().filter_map(parameter).collect()
    }

    /// Everything that is wrong, beside its field: `lines.3`, `lines.3.name`, `reason`, `lines`.
    pub(crate) fn broken_rules(&self, l: Lang) -> Vec<FieldFault> {
        let stored = |line: &Line| {
            let value = line.content.before()?.to_owned();
            Some(Parameter { name: line.content.name().to_owned(), value })
        };
        let stored: Vec<Parameter> = self.lines.iter().filter_map(stored).collect();
        let mut faults = Vec::new();
        if !self.is_changed() {
            faults.push(fault("lines", l.edit_unchanged()));
        }
        for broken in faults_of_edited_parameters(&stored, &self.parameters()) {
            let message = in_words(l, broken.kind);
            self.place(&broken.field, message, &mut faults);
        }
        for line in &self.lines {
            if let Content::Added { name, .. } = &line.content
                && self.fixed(name) == Some(Fixed::BySetting)
                && !name.is_empty()
            {
                faults.push(fault(&name_path(line.number), l.edit_name_not_editable()));
            }
        }
        let reason = self.reason.trim();
        if reason.is_empty() {
            faults.push(fault("reason", l.reason_required()));
        } else if reason.chars().count() > REASON_CHARS_MAX {
            faults.push(fault("reason", &l.rule_too_long(&REASON_CHARS_MAX.to_string())));
        }
        faults
    }

    /// What the server says of `parameters.NAME`, put beside the lines that bear the name.
    pub(crate) fn take_faults(&mut self, told: &[FieldFault]) {
        let mut faults = Vec::new();
        for told in told {
            self.place(&told.field, told.message.clone(), &mut faults);
        }
        self.faults = faults;
    }

    fn place(&self, field: &str, message: String, faults: &mut Vec<FieldFault>) {
        let Some(name) = field.strip_prefix("parameters.") else {
            // A name that is missing is told of the whole list.
            let nameless = self.lines.iter().filter(|line| line.content.name().is_empty());
            let numbers: Vec<u32> = nameless.map(|line| line.number).collect();
            if field == "parameters" && !numbers.is_empty() {
                faults.extend(numbers.into_iter().map(|number| fault(&name_path(number), &message)));
            } else {
                let path = if field == "parameters" { "lines" } else { field };
                faults.push(fault(path, &message));
            }
            return;
        };
        let bears = |line: &&Line| line.content.name() == name && line.content.after().is_some();
        let Some(line) = self.lines.iter().rfind(bears) else {
            faults.push(fault("lines", &message));
            return;
        };
        let path = line_path(line.number);
        // One fault beside one field is enough to mend it.
        if !faults.iter().any(|other| other.field == path) {
            faults.push(fault(&path, &message));
        }
    }
}

pub(crate) fn line_path(number: u32) -> String {
    ["lines.", &number.to_string()].concat()
}

pub(crate) fn name_path(number: u32) -> String {
    [&line_path(number), ".name"].concat()
}

fn stored_line(parameter: &Parameter, typed: Option<&Content>) -> Content {
    let (name, before) = (parameter.name.clone(), parameter.value.clone());
    match typed {
        Some(Content::Removed { .. }) => Content::Removed { name, before },
        Some(Content::Added { value, .. }) => Content::Stored { name, before, after: value.clone() },
        Some(Content::Stored { before: old, after, .. }) if old != after => {
            Content::Stored { name, before, after: after.clone() }
        }
        Some(Content::Stored { .. } | Content::Fixed { .. }) | None => {
            Content::Stored { name, after: before.clone(), before }
        }
    }
}

fn fault(field: &str, message: &str) -> FieldFault {
    FieldFault { field: field.to_owned(), message: message.to_owned() }
}

fn in_words(l: Lang, kind: FaultKind) -> String {
    match kind {
        FaultKind::Required => l.edit_name_required().to_owned(),
        FaultKind::TooLong(most) => l.rule_too_long(&most.to_string()),
        FaultKind::TooMany(most) => l.edit_too_many(&most.to_string()),
        FaultKind::ReservedName => l.edit_name_taken().to_owned(),
        FaultKind::WrongType
        | FaultKind::OutOfRange
        | FaultKind::InvalidFormat
        | FaultKind::UnknownField
        | FaultKind::UnknownIpCode
        | FaultKind::NotInCharset(_) => l.edit_invalid().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(name: &str, value: &str) -> Parameter {
        Parameter { name: name.to_owned(), value: value.to_owned() }
    }

    fn stored() -> Vec<Parameter> {
        let all = [
            ("clientip", "2012000123"),
            ("money", "650"),
            ("order_no", "A-1"),
            ("item", "春"),
            ("note", "x"),
        ];
        all.map(|(name, value)| parameter(name, value)).to_vec()
    }

    fn edit() -> Edit {
        let mut edit = Edit { reason: "金額の訂正".to_owned(), ..Edit::default() };
        edit.rebase(&stored(), None, 1);
        edit
    }

    fn number_of(edit: &Edit, name: &str) -> u32 {
        edit.lines.iter().find(|line| line.content.name() == name).unwrap().number
    }

    fn told(edit: &Edit) -> Vec<String> {
        edit.broken_rules(Lang::Ja).into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn nothing_changed_is_nothing_to_send() {
        let mut edit = edit();
        assert_eq!(told(&edit), ["lines"]);
        let money = number_of(&edit, "money");
        edit.retype(money, "700");
        assert_eq!(told(&edit), [""; 0]);
        edit.restore(money);
        assert!(!edit.is_changed());
    }

    #[test]
    fn ip_code_and_order_number_stay_whatever_is_typed() {
        let mut edit = edit();
        for name in FIXED {
            let number = number_of(&edit, name);
            edit.retype(number, "other");
            edit.remove(number);
        }
        assert_eq!(edit.parameters(), stored());
    }

    #[test]
    fn what_the_settings_do_not_permit_is_fixed_and_cannot_be_added() {
        let mut edit = edit();
        let permitted = ["money".to_owned(), "campaign".to_owned()];
        let item = number_of(&edit, "item");
        edit.retype(item, "夏");
        edit.rebase(&stored(), Some(&permitted), 1);
        let fixed = |name: &str| match edit.lines.iter().find(|line| line.content.name() == name) {
            Some(Line { content: Content::Fixed { why, .. }, .. }) => Some(*why),
            _ => None,
        };
        assert_eq!(fixed("order_no"), Some(Fixed::NamesThePayment));
        assert_eq!(fixed("item"), Some(Fixed::BySetting), "whatever was typed before");
        assert_eq!(fixed("money"), None);
        assert_eq!(edit.addable(), Some(vec!["campaign".to_owned()]));
        let added = edit.add();
        edit.rename(added, "coupon");
        assert_eq!(told(&edit), [name_path(added)]);
        edit.rename(added, "campaign");
        assert_eq!(told(&edit), [""; 0]);
        assert_eq!(edit.addable(), Some(Vec::new()));
        edit.rebase(&stored(), None, 1);
        assert_eq!(edit.addable(), None);
    }

    #[test]
    fn only_further_parameters_come_and_go() {
        let mut edit = edit();
        let removable: Vec<&str> = edit
            .lines
            .iter()
            .filter(|line| line.content.may_be_removed())
            .map(|line| line.content.name())
            .collect();
        assert_eq!(removable, ["item", "note"]);
        let (item, added) = (number_of(&edit, "item"), edit.add());
        edit.remove(item);
        edit.rename(added, "campaign");
        edit.retype(added, "summer");
        let names: Vec<String> = edit.parameters().into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["clientip", "money", "order_no", "note", "campaign"]);
        assert_eq!(edit.line(item).map(Content::change), Some(Change::Removed));
        edit.restore(item);
        edit.remove(added);
        assert!(!edit.is_changed());
    }

    #[test]
    fn names_are_needed_and_stand_once() {
        let mut edit = edit();
        let added = edit.add();
        assert_eq!(told(&edit), [name_path(added)]);
        edit.rename(added, "money");
        assert_eq!(told(&edit), [line_path(added)]);
        edit.rename(added, "fresh");
        edit.retype(added, &"あ".repeat(2_001));
        assert_eq!(told(&edit), [line_path(added)]);
    }

    #[test]
    fn a_reason_is_needed_and_has_its_limit() {
        let mut edit = edit();
        let money = number_of(&edit, "money");
        edit.retype(money, "700");
        for (reason, broken) in [("  ", 1), ("訂正", 0)] {
            edit.give_reason(reason);
            assert_eq!(told(&edit).len(), broken, "{reason:?}");
        }
        edit.give_reason(&"あ".repeat(REASON_CHARS_MAX));
        assert_eq!(told(&edit), [""; 0]);
        edit.give_reason(&"あ".repeat(REASON_CHARS_MAX + 1));
        assert_eq!(told(&edit), ["reason"]);
    }

    #[test]
    fn what_the_server_says_of_a_name_stands_beside_its_line() {
        let mut edit = edit();
        let item = number_of(&edit, "item");
        edit.take_faults(&[fault("parameters.item", "「😀」は使えません"), fault("parameters.gone", "x")]);
        let fields: Vec<&str> = edit.faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, [line_path(item).as_str(), "lines"]);
    }

    #[test]
    fn a_changed_mind_is_a_new_decision() {
        let mut edit = edit();
        let money = number_of(&edit, "money");
        edit.idempotency_key = Some("k".to_owned());
        edit.rebase(&stored(), None, 2);
        assert_eq!(edit.idempotency_key.as_deref(), Some("k"));
        edit.retype(money, "1");
        assert_eq!(edit.idempotency_key, None);
    }

    #[test]
    fn what_was_sent_is_done_with_and_what_failed_may_be_mended() {
        let sent = |outcome| Edit { outcome: Some(outcome), idempotency_key: Some("k".to_owned()), ..edit() };
        assert_eq!(sent(Outcome::Succeeded).taken_up_again(), Edit::default());
        assert_eq!(sent(Outcome::Running).taken_up_again(), Edit::default());
        let failed = Outcome::Failed { cause: None, http_status: Some(500), receipt: None };
        assert_eq!(sent(failed).taken_up_again(), edit());
    }

    #[test]
    fn what_was_typed_survives_a_newer_result() {
        let mut edit = edit();
        let (money, note, added) = (number_of(&edit, "money"), number_of(&edit, "note"), edit.add());
        edit.retype(money, "700");
        edit.remove(note);
        edit.rename(added, "campaign");
        edit.retype(added, "summer");
        let mut newer = stored();
        newer[1].value = "680".to_owned();
        newer[3].value = "夏".to_owned();
        newer.push(parameter("campaign", "spring"));
        edit.rebase(&newer, None, 2);
        assert_eq!(
            [number_of(&edit, "money"), number_of(&edit, "note"), number_of(&edit, "campaign")],
            [money, note, added]
        );
        let line =
            |name: &str| edit.lines.iter().find(|line| line.content.name() == name).unwrap().content.clone();
        assert_eq!((line("money").before(), line("money").after()), (Some("680"), Some("700")));
        assert_eq!(line("item").change(), Change::Same);
        assert_eq!(line("note").change(), Change::Removed);
        assert_eq!((line("campaign").before(), line("campaign").after()), (Some("spring"), Some("summer")));
        assert_eq!(edit.attempt_count, 2);
    }
}
