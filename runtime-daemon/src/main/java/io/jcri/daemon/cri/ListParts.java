package io.jcri.daemon.cri;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts rows into the parts of a streamed list: the first row goes alone and at once, then many at a
 * time, and no part is empty.
 *
 * <p>Used by one thread.
 *
 * @param <T> a row
 */
final class ListParts<T> {
  private static final int ROWS = 64;

  private final Sender<T> sender;
  private final List<T> rows = new ArrayList<>(ROWS);
  private int limit = 1;

  /** Sends one part. */
  @FunctionalInterface
  interface Sender<T> {
    void send(List<T> rows) throws InterruptedException;
  }

  ListParts(Sender<T> sender) {
    this.sender = sender;
  }

  void add(T row) throws InterruptedException {
    rows.add(row);
    if (rows.size() >= limit) {
      send();
      limit = ROWS;
    }
  }

  /** After the last row. */
  void end() throws InterruptedException {
    if (!rows.isEmpty()) {
      send();
    }
  }

  private void send() throws InterruptedException {
    sender.send(rows);
    rows.clear();
  }
}
