package io.jcri.cni;

import java.util.Optional;

/** The versions of the CNI specification that we speak, oldest first. */
enum CniVersion {
  V0_1_0("0.1.0"),
  V0_2_0("0.2.0"),
  V0_3_0("0.3.0"),
  V0_3_1("0.3.1"),
  V0_4_0("0.4.0"),
  V1_0_0("1.0.0"),
  V1_1_0("1.1.0");

  private final String text;

  CniVersion(String text) {
    this.text = text;
  }

  static Optional<CniVersion> parse(String text) {
    for (CniVersion version : values()) {
      if (version.text.equals(text)) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }

  static CniVersion newest() {
    return V1_1_0;
  }

  boolean atLeast(CniVersion other) {
    return compareTo(other) >= 0;
  }

  /** CHECK, and DEL with the result of ADD, came with 0.4.0. */
  boolean hasCheck() {
    return atLeast(V0_4_0);
  }

  /** STATUS and GC came with 1.1.0. */
  boolean hasStatusAndGc() {
    return atLeast(V1_1_0);
  }

  @Override
  public String toString() {
    return text;
  }
}
