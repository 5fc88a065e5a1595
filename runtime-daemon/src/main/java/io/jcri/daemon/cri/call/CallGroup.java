package io.jcri.daemon.cri.call;

/** The calls of one feature, such as those on containers. */
@FunctionalInterface
public interface CallGroup {
  void addTo(CallTable table);
}
