package io.jcri.it.faults;

import java.io.IOException;

/** Something that breaks, and is mended before its round is judged. */
interface Fault {
  /** What is to be in place before the pods' clients begin. */
  default void prepare(Round round) throws IOException {}

  /** Breaks it at its moment, while clients are at work, and mends it. */
  void strike(Round round) throws IOException, InterruptedException;

  /** Mends what must stay broken until the clients have ended. */
  default void settle(Round round) throws IOException {}
}
