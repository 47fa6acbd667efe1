/** Tests of the REST interface without a cluster. */
@NullMarked
package dev.drover.monitor.rest;

import org.jspecify.annotations.NullMarked;
