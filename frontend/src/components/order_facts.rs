//! An order's or a checkout's lines and sums, wherever one is shown.
use crate::i18n::Lang;
use crate::model::format;
use leptos::prelude::*;

pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) unit_price: i64,
    pub(crate) quantity: i64,
}

pub(crate) fn lines_view(l: Lang, lines: Vec<Line>, shipping_fee: i64, total: i64) -> AnyView {
    let rows: Vec<AnyView> = lines
        .into_iter()
        .map(|line| {
            view! {
                <tr>
                    <td>{line.name}</td>
                    <td class="figures">{format::yen(line.unit_price)}</td>
                    <td class="figures">{line.quantity.to_string()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <table class="lines">
            <thead>
                <tr>
                    <th scope="col">{l.item()}</th>
                    <th scope="col" class="figures">{l.unit_price()}</th>
                    <th scope="col" class="figures">{l.quantity()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
            <tfoot>
                <tr><th scope="row">{l.shipping_fee()}</th><td class="figures">{format::yen(shipping_fee)}</td><td></td></tr>
                <tr><th scope="row">{l.total()}</th><td class="figures strong">{format::yen(total)}</td><td></td></tr>
            </tfoot>
        </table>
    }
    .into_any()
}
