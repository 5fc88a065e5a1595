package io.jcri.daemon.pod;

/**
 * What makes a pod sandbox unique to the kubelet ({@code PodSandboxMetadata}). A call that repeats
 * all four parts is a retry of the same sandbox; a new sandbox of the same pod has a new attempt.
 */
public record PodMetadata(String name, String namespace, String uid, int attempt) {

  @Override
  public String toString() {
    return namespace + "/" + name + " (uid " + uid + ", attempt " + attempt + ")";
  }
}
