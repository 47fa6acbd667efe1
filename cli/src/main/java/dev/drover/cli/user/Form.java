package dev.drover.cli.user;

/** How an answer is printed. */
enum Form {
    TABLE,
    WIDE,
    JSON,
    YAML
}
