package io.jcri.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IdsTest {
  @Test
  void idsAreOfTheirOwnAndShortInLogs() {
    Set<String> ids = Stream.generate(Ids::next).limit(100).collect(Collectors.toSet());
    assertThat(ids).hasSize(100).allMatch(id -> id.matches("[0-9a-f]{64}"));
    assertThat(Ids.brief("0123456789abcdef")).isEqualTo("0123456789ab");
    assertThat(Ids.brief("short")).isEqualTo("short");
  }
}
