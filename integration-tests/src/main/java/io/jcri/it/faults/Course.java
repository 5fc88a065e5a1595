package io.jcri.it.faults;

import java.util.List;

/** What a client does in a round, in a thread of its own; its results are read when that ended. */
interface Course extends Runnable {
  /** What the client itself has to complain of. */
  List<String> complaints();

  /** The errors that its calls were answered with. */
  List<String> errors();
}
