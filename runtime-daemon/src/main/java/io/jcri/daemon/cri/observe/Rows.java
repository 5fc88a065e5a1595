package io.jcri.daemon.cri.observe;

import java.io.IOException;

/** Takes the rows of a list one by one, as they are made. */
@FunctionalInterface
interface Rows<T> {
  void add(T row) throws IOException, InterruptedException;
}
