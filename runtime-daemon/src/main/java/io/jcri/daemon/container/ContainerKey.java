package io.jcri.daemon.container;

/**
 * What makes a container unique to the kubelet. A call that repeats all of it is a retry.
 *
 * @param podId the sandbox it belongs to
 */
record ContainerKey(String podId, String name, int attempt) {
  static ContainerKey of(Container container) {
    return new ContainerKey(
        container.podId(), container.config().name(), container.config().attempt());
  }

  @Override
  public String toString() {
    return name + " (attempt " + attempt + ") of pod sandbox " + podId;
  }
}
