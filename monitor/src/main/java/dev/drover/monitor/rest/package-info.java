/**
 * The REST interface. Read {@link dev.drover.monitor.rest.RestServer} (who may ask, and what
 * becomes of an error), {@link dev.drover.monitor.rest.Routes} (what can be asked), {@link
 * dev.drover.monitor.rest.Cluster} (what the monitor does for it) and {@link
 * dev.drover.monitor.rest.Changes} (what those are told who watch).
 */
@NullMarked
package dev.drover.monitor.rest;

import org.jspecify.annotations.NullMarked;
