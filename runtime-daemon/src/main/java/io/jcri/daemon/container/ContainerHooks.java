package io.jcri.daemon.container;

import io.jcri.daemon.pod.Pod;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.LinuxResources;

/** Who takes part in the life of containers from outside (NRI plugins). Thread-safe. */
public interface ContainerHooks {
  /** Nobody takes part. */
  ContainerHooks NONE =
      new ContainerHooks() {
        private final Step nothing =
            new Step() {
              @Override
              public ContainerSpec create(Pod pod, Container container, ContainerSpec spec) {
                return spec;
              }

              @Override
              public void created(Container container) {}

              @Override
              public void start(Container container) {}

              @Override
              public void started(Container container) {}

              @Override
              public void close() {}
            };

        @Override
        public Step step() {
          return nothing;
        }

        @Override
        public LinuxResources update(Container container, LinuxResources asked) {
          return asked;
        }

        @Override
        public void updated(Container container) {}

        @Override
        public void stopped(Container container) {}

        @Override
        public void removed(Container container) {}
      };

  /**
   * Begins a step that leads to something visible: until it is closed nobody joins, so that who
   * does sees the container either in this step or in a list. A thread that holds a step must not
   * wait for another that wants one.
   */
  Step step();

  /**
   * Its limits are about to change; called without the container's lock.
   *
   * @param asked what is to change
   * @return what is to change instead
   * @throws io.jcri.daemon.core.JcriException when nothing must
   */
  LinuxResources update(Container container, LinuxResources asked);

  /** Its limits have changed. */
  void updated(Container container);

  /** It has ended, or never will run. May be told again; called without the container's lock. */
  void stopped(Container container);

  /** It is gone, also when its creation failed. */
  void removed(Container container);

  /** A creation or a start. */
  interface Step extends AutoCloseable {
    /**
     * The container is about to be made.
     *
     * @param spec what it is to be
     * @return what it is to be instead
     * @throws io.jcri.daemon.core.JcriException when it must not be
     */
    ContainerSpec create(Pod pod, Container container, ContainerSpec spec);

    /** It was made and is visible. */
    void created(Container container);

    /**
     * It is about to be started.
     *
     * @throws io.jcri.daemon.core.JcriException when it must not be
     */
    void start(Container container);

    /** It runs. */
    void started(Container container);

    @Override
    void close();
  }
}
