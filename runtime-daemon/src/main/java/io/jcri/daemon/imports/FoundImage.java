package io.jcri.daemon.imports;

import java.util.List;

/** An image that another runtime lists. */
public sealed interface FoundImage permits ForeignImage, UnusableImage {
  /** What it is called there, as it stands there. */
  List<String> called();
}
