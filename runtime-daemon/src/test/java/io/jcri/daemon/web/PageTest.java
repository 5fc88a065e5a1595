package io.jcri.daemon.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class PageTest {
  @Test
  void thePolicyNamesTheHashesOfWhatLiesBetweenTheTags() {
    // printf 'a' | openssl dgst -sha256 -binary | base64, and of 'b'
    assertThat(Page.policy("<style>b</style><body><script>a</script>"))
        .contains("script-src 'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='")
        .contains("style-src 'sha256-PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0='");
  }

  /** Else the policy would keep the page from working. */
  @Test
  void thePageIsOfOnePieceAndAsksNobodyElse() throws IOException {
    String html = Page.load().html();
    assertThat(html).containsOnlyOnce("<script").containsOnlyOnce("<style");
    assertThat(html).doesNotContain("style=\"", "onclick=\"", "http://", "https://", "innerHTML");
  }
}
