package io.jcri.daemon.cli;

/** How a list is printed; named as they are on the command line. */
enum OutputFormat {
  /** For people. */
  table,
  /** For programs. */
  json
}
