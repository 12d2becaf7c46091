//! The contract: `schema.graphql` is what the server prints.

/// Goal: nobody changes the contract without noticing. Method: the checked-in copy is compared.
#[test]
fn the_checked_in_schema_is_the_printed_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema.graphql");
    let checked_in = std::fs::read_to_string(path).unwrap();
    assert!(
        checked_in == todoke::print_schema(),
        "schema.graphql differs; print it anew with `cargo run -- schema > schema.graphql`"
    );
}
