package io.jcri.daemon.cri.call;

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
public final class ListParts<T> {
  private static final int ROWS = 64;

  private final Sender<T> sender;
  private final List<T> rows = new ArrayList<>(ROWS);
  private int limit = 1;

  /** Sends one part. */
  @FunctionalInterface
  public interface Sender<T> {
    void send(List<T> rows) throws InterruptedException;
  }

  public ListParts(Sender<T> sender) {
    this.sender = sender;
  }

  public void add(T row) throws InterruptedException {
    rows.add(row);
    if (rows.size() >= limit) {
      send();
      limit = ROWS;
    }
  }

  /** After the last row. */
  public void end() throws InterruptedException {
    if (!rows.isEmpty()) {
      send();
    }
  }

  private void send() throws InterruptedException {
    sender.send(rows);
    rows.clear();
  }
}
