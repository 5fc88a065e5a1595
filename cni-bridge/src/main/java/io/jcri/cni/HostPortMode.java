package io.jcri.cni;

/** Who leads the ports of the node to the pods that ask for them. */
public enum HostPortMode {
  /**
   * A plugin of the network with the capability {@code portMappings}, or else we, where there is
   * {@code nft}.
   */
  AUTO,
  /** A plugin, or nobody. */
  PLUGIN,
  /** We, and plugins are not told of ports. */
  JCRI
}
