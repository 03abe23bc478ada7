-- Asks for each path of a file once, one a line, and says DONE and the number of bad answers when all have been answered.
-- wrk itself goes on waiting for its time to pass: whoever reads that line ends it.
local paths, asked, answered, bad = {}, 0, 0, 0

function init(args)
  for path in io.lines(args[1]) do
    paths[#paths + 1] = path
  end
end

function request()
  asked = asked + 1
  return wrk.format("GET", paths[math.min(asked, #paths)])
end

function response(status)
  answered = answered + 1
  if status ~= 200 then bad = bad + 1 end
  if answered == #paths + 64 then
    print("DONE " .. bad)
    io.flush()
    wrk.thread:stop()
  end
end
