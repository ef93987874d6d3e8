-- wrk's script for bench/http/run: posts real reviews, one a request, in turn.
-- Arguments: file of bodies, one JSON object a line; a number from which to start.
local requests = {}
local next_request = 0
local failures = {}

function init(arguments)
  for body in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("POST", "/predict", {["Content-Type"] = "application/json"}, body)
  end
  next_request = tonumber(arguments[2] or "0") % #requests
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end

-- One line for the driver; times in microseconds.
function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    "RESULT %d %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), latency.max, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
