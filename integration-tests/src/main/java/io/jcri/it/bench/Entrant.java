package io.jcri.it.bench;

/** A runtime with what makes pods in it. */
record Entrant(Rival rival, PodLife pods) {}
