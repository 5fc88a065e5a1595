package io.jcri.daemon.pod;

/** Who takes part in the life of pods from outside (NRI plugins). Thread-safe. */
public interface PodHooks {
  /** Nobody takes part. */
  PodHooks NONE =
      new PodHooks() {
        @Override
        public void run(Pod pod, Runnable announce) {
          announce.run();
        }

        @Override
        public void stop(Pod pod) {}

        @Override
        public void remove(Pod pod) {}

        @Override
        public void update(Pod pod, PodResources next) {}

        @Override
        public void updated(Pod pod) {}
      };

  /**
   * The pod is made but not yet announced.
   *
   * @param announce makes the pod visible; whoever joins sees it either now or in a list
   * @throws io.jcri.daemon.core.JcriException when the pod must not be
   */
  void run(Pod pod, Runnable announce);

  /** Its containers have ended; its sandbox is still there. May be told again. */
  void stop(Pod pod);

  /** It is gone. */
  void remove(Pod pod);

  /**
   * Its resources as a whole are about to become these.
   *
   * @throws io.jcri.daemon.core.JcriException when they must not
   */
  void update(Pod pod, PodResources next);

  /** Its resources have changed. */
  void updated(Pod pod);
}
