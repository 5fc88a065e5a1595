package io.jcri.daemon.check;

import java.io.IOException;
import java.util.List;

/** Looks at one kind of thing. Stateless. */
interface Check {
  /** What it is about, the first part of its findings' names. */
  String about();

  /**
   * Looks.
   *
   * @throws IOException when it can't be told
   */
  List<Finding> look(CheckedNode node) throws IOException;
}
