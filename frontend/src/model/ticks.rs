//! What is ticked in 一括, across pages and until its plan is started: rows, or everything that matches the search.
//! Kept in the session's storage, so that Back and a reload lose nothing.
use super::enums::ResendBatchAction;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Ticks {
    /// The search whose rows these are: the address of its first page.
    pub(crate) search: String,
    pub(crate) ids: Vec<String>,
    /// Everything that matches, not only the page in view.
    pub(crate) all: Option<Matching>,
    /// 「CGI処理」 of the foot bar.
    pub(crate) action: Option<ResendBatchAction>,
    /// The plan made last.
    pub(crate) planned: Option<Planned>,
}

/// How many rows matched when all of them were chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Matching {
    pub(crate) count: i64,
    /// The server stopped counting.
    pub(crate) is_capped: bool,
}

/// What this tab knows of a plan that the server does not keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Planned {
    pub(crate) id: String,
    /// Made with the plan: however often 送信 is pressed, it is one start.
    pub(crate) idempotency_key: String,
    /// The page of the list to go back to.
    pub(crate) origin: String,
    /// How many rows were chosen, where it is known.
    pub(crate) asked: Option<i64>,
    /// How many of them were left out because they may have been received.
    pub(crate) maybe_left_out: i64,
    pub(crate) includes_maybe_received: bool,
    /// The ticks are still those that it was made of, so that it can be made again.
    pub(crate) is_of_these_ticks: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageTicks {
    None,
    Some,
    Every,
}

impl Ticks {
    /// Another search begins without ticks; the plan of the former one stays known.
    pub(crate) fn begin_search(&mut self, search: String) {
        let planned = self.planned.take();
        *self = Self { search, planned, ..Self::default() };
        self.changed();
    }

    pub(crate) fn is_ticked(&self, id: &str) -> bool {
        self.all.is_some() || self.ids.iter().any(|other| other == id)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_none() && self.ids.is_empty()
    }

    /// One row. Taking one out of "all that match" leaves the other rows in view.
    pub(crate) fn toggle(&mut self, id: &str, page: &[String]) {
        if self.all.take().is_some() {
            self.ids = page.to_vec();
        }
        if self.is_ticked(id) {
            self.ids.retain(|other| other != id);
        } else {
            self.ids.push(id.to_owned());
        }
        self.changed();
    }

    /// The tick of the heading: the whole page, or nothing of it.
    pub(crate) fn toggle_page(&mut self, page: &[String]) {
        let had_every = self.page_ticks(page) == PageTicks::Every;
        let had_all = self.all.take().is_some();
        self.ids.retain(|id| !page.contains(id));
        if !had_every && !had_all {
            self.ids.extend_from_slice(page);
        }
        self.changed();
    }

    pub(crate) fn choose_all(&mut self, matching: Matching) {
        self.ids.clear();
        self.all = Some(matching);
        self.changed();
    }

    pub(crate) fn clear(&mut self) {
        self.ids.clear();
        self.all = None;
        self.changed();
    }

    pub(crate) fn choose_action(&mut self, action: ResendBatchAction) {
        self.action = Some(action);
        self.changed();
    }

    /// A row that nothing can be done with any more.
    pub(crate) fn drop_row(&mut self, id: &str) {
        if self.ids.iter().any(|other| other == id) {
            self.ids.retain(|other| other != id);
            self.changed();
        }
    }

    pub(crate) fn page_ticks(&self, page: &[String]) -> PageTicks {
        let ticked = page.iter().filter(|id| self.is_ticked(id)).count();
        match ticked {
            0 => PageTicks::None,
            _ if ticked == page.len() => PageTicks::Every,
            _ => PageTicks::Some,
        }
    }

    /// How many are ticked on the page in view, and on other pages.
    pub(crate) fn here_and_elsewhere(&self, page: &[String]) -> (usize, usize) {
        let here = self.ids.iter().filter(|id| page.contains(id)).count();
        (here, self.ids.len().saturating_sub(here))
    }

    pub(crate) fn asked(&self) -> Option<i64> {
        match self.all {
            Some(matching) => (!matching.is_capped).then_some(matching.count),
            None => i64::try_from(self.ids.len()).ok(),
        }
    }

    /// What this tab knows of a plan, if it made it.
    pub(crate) fn planned(&self, id: &str) -> Option<&Planned> {
        self.planned.as_ref().filter(|planned| planned.id == id)
    }

    /// Once a plan is started its ticks are done with.
    pub(crate) fn started(&mut self, id: &str) {
        if self.planned(id).is_some_and(|planned| planned.is_of_these_ticks) {
            self.clear();
            self.action = None;
        }
    }

    fn changed(&mut self) {
        if let Some(planned) = &mut self.planned {
            planned.is_of_these_ticks = false;
        }
    }
}

impl Planned {
    /// Chosen rows that are in the plan neither way: closed, being sent, gone, or without the right.
    pub(crate) fn others_left_out(&self, total: i64) -> i64 {
        self.asked.map_or(0, |asked| asked.saturating_sub(total).saturating_sub(self.maybe_left_out).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{decode::decode, json::read};

    fn page(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    fn planned() -> Planned {
        Planned {
            id: "batch".to_owned(),
            idempotency_key: "key".to_owned(),
            origin: "/send-errors?mode=bulk".to_owned(),
            asked: Some(10),
            maybe_left_out: 3,
            includes_maybe_received: false,
            is_of_these_ticks: true,
        }
    }

    #[test]
    fn ticks_are_kept_across_pages_and_counted_apart() {
        let (first, second) = (page(&["a", "b"]), page(&["c", "d"]));
        let mut ticks = Ticks::default();
        ticks.toggle_page(&first);
        ticks.toggle("c", &second);
        assert_eq!(ticks.here_and_elsewhere(&second), (1, 2));
        assert_eq!(
            (ticks.page_ticks(&first), ticks.page_ticks(&second)),
            (PageTicks::Every, PageTicks::Some)
        );
        ticks.toggle_page(&first);
        assert_eq!(ticks.ids, ["c"]);
        assert_eq!(ticks.page_ticks(&[]), PageTicks::None);
    }

    #[test]
    fn all_that_match_are_more_than_the_page_until_one_is_taken_out() {
        let view = page(&["a", "b"]);
        let mut ticks = Ticks::default();
        ticks.choose_all(Matching { count: 1_284, is_capped: false });
        assert!(ticks.is_ticked("on another page"));
        assert_eq!(ticks.asked(), Some(1_284));
        ticks.toggle("a", &view);
        assert_eq!((ticks.all, ticks.ids.as_slice()), (None, page(&["b"]).as_slice()));
        ticks.choose_all(Matching { count: 10_000, is_capped: true });
        assert_eq!(ticks.asked(), None, "nobody counted to the end");
        ticks.toggle_page(&view);
        assert!(ticks.is_empty());
    }

    #[test]
    fn a_plan_can_be_made_again_only_while_its_ticks_stand() {
        let mut ticks = Ticks { ids: page(&["a"]), planned: Some(planned()), ..Ticks::default() };
        ticks.drop_row("not ticked");
        assert!(ticks.planned("batch").is_some_and(|planned| planned.is_of_these_ticks));
        ticks.toggle("b", &page(&["a", "b"]));
        assert!(ticks.planned("batch").is_some_and(|planned| !planned.is_of_these_ticks));
        ticks.started("batch");
        assert_eq!(ticks.ids.len(), 2, "ticks made since are not those of the plan");
        assert_eq!(ticks.planned("another"), None);
    }

    #[test]
    fn what_is_neither_planned_nor_doubtful_was_left_out_for_another_reason() {
        assert_eq!(planned().others_left_out(5), 2);
        assert_eq!(planned().others_left_out(9), 0, "rows may have come since they were counted");
        assert_eq!(Planned { asked: None, ..planned() }.others_left_out(5), 0);
    }

    #[test]
    fn ticks_survive_the_sessions_storage() {
        let ticks = Ticks {
            search: "/send-errors?mode=bulk".to_owned(),
            ids: page(&["a"]),
            all: Some(Matching { count: 3, is_capped: true }),
            action: Some(ResendBatchAction::MarkProcessed),
            planned: Some(planned()),
        };
        let text = serde_json::to_string(&ticks).unwrap();
        assert_eq!(decode::<Ticks>(&read(&text)), Ok(ticks));
    }
}
