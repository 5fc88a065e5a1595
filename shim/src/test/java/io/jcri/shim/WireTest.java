package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The list that the shim is compiled from and Java's names are one. */
class WireTest {
  private static final Pattern NUMBER = Pattern.compile("NUMBER\\((\\w+), (\\w+), (\\d+)\\)");

  @Test
  void everyNumberOfTheListIsJavasAndNoOther() throws IOException, IllegalAccessException {
    Map<String, Integer> listed = new TreeMap<>();
    Matcher row = NUMBER.matcher(Files.readString(Path.of("native/protocol.def")));
    while (row.find()) {
      String name =
          switch (row.group(1)) {
            case "TAG", "STATE" -> row.group(1) + "_" + row.group(2);
            default -> row.group(2);
          };
      assertThat(listed.put(name, Integer.valueOf(row.group(3)))).as(name).isNull();
    }
    Map<String, Integer> java = new TreeMap<>();
    for (Field field : Wire.class.getDeclaredFields()) {
      java.put(field.getName(), field.getInt(null));
    }
    int number = 0;
    for (ShimStatus.State state : ShimStatus.State.values()) {
      java.put("STATE_" + state.name(), number++);
    }
    assertThat(listed).isNotEmpty().isEqualTo(java);
  }
}
