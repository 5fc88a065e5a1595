package io.jcri.daemon.pod;

import io.jcri.daemon.core.JcriException;

/**
 * A name that only its holder makes a pod of, until it is closed. Thread-safe.
 *
 * @see Pods#claim
 */
public interface PodClaim extends AutoCloseable {
  /**
   * Makes a pod and its network, as {@link Pods#run} does, but never finds or joins another's.
   *
   * @return the pod's id
   * @throws JcriException ALREADY_EXISTS when there is one of that name, be it in the making
   */
  String run(PodConfig config);

  @Override
  void close();
}
