/** The records of the REST interface, as openapi.yaml beside them describes it. */
@NullMarked
package dev.drover.api.rest;

import org.jspecify.annotations.NullMarked;
