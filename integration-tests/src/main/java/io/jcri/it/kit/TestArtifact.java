package io.jcri.it.kit;

import java.util.List;

/** What a tag can name: one image, or an index of the images for several platforms. */
public sealed interface TestArtifact permits TestImage, TestIndex {
  /** The manifest or the index itself; its digest is the one that a reference may name. */
  Blob manifest();

  String mediaType();

  /** The images below, or this one. */
  List<TestImage> images();
}
