package io.jcri.it.runtimes;

import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;

/** gVisor's runsc by its own program, through jcri's shim. */
@EnabledIf("io.jcri.it.runtimes.Gvisor#available")
class GvisorTest extends GvisorPods {
  @BeforeAll
  static void addHandler() throws IOException {
    configure(
        "binary = \"%s\"".formatted(Gvisor.program()),
        "options = [\"--platform=systrap\"]",
        "sandbox = \"container\"");
  }
}
