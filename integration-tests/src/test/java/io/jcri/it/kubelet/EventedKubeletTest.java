package io.jcri.it.kubelet;

import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;

/** A kubelet that is told of events, and seldom asks. */
@EnabledIf("available")
class EventedKubeletTest extends KubeletPods {
  @BeforeAll
  static void startKubelet() throws IOException {
    start("featureGates: {EventedPLEG: true}");
  }
}
