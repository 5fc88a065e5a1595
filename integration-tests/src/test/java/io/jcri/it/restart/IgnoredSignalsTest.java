package io.jcri.it.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers hear signals that whoever started the daemon had it ignore, as nohup does. */
class IgnoredSignalsTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void containersIgnoreNothingOfWhatTheDaemonWasToIgnore() throws IOException {
    NODE.daemon().stop();
    NODE.daemon().startIgnoring("HUP INT QUIT");
    TestContainer container = NODE.pod().idle();
    assertThat(container.sh("grep SigIgn /proc/1/status /proc/self/status"))
        .isEqualTo(
            "/proc/1/status:SigIgn:\t0000000000000000\n"
                + "/proc/self/status:SigIgn:\t0000000000000000");
  }
}
