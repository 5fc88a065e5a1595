/**
 * {@code make soak}: a daemon that works for as long as it is told to, and what it uses meanwhile.
 * A node has a runtime for months; what grows by a little with each pod shows in an hour of churn.
 * The samples are lines of JSON, of which {@code SoakReport} makes slopes and a verdict, and {@code
 * SoakPlot} the picture in the README.
 */
@org.jspecify.annotations.NullMarked
package io.jcri.it.soak;
