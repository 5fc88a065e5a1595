package io.jcri.daemon.events;

/** What can happen to a container or a sandbox, in the order in which it happens. */
public enum EventType {
  CREATED,
  STARTED,
  STOPPED,
  DELETED;

  boolean after(EventType other) {
    return compareTo(other) > 0;
  }
}
