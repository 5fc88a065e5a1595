package io.jcri.sandbox.mount;

/** Where mounts made below a mount show up as well (mount_namespaces(7)). */
public enum Propagation {
  /** Nowhere. */
  PRIVATE,

  /** Nowhere, and it cannot be bound elsewhere. */
  UNBINDABLE,

  /** In no other place, but those of its master show up here. */
  SLAVE,

  /** In all its peers, and theirs here; it may be a slave of others too. */
  SHARED
}
