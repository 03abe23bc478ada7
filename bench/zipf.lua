-- Asks for the paths of a file, one a line, the n-th of them 1/n as often as the first; the same choice in every run.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

local asks, at = {}, 0

function init(args)
  local paths, sums, sum = {}, {}, 0
  for path in io.lines(args[1]) do
    paths[#paths + 1] = path
    sum = sum + 1 / #paths
    sums[#sums + 1] = sum
  end
  math.randomseed(42)
  for index = 1, 200000 do
    local wanted, low, high = math.random() * sum, 1, #sums
    while low < high do
      local middle = math.floor((low + high) / 2)
      if sums[middle] < wanted then low = middle + 1 else high = middle end
    end
    asks[index] = paths[low]
  end
end

function request()
  at = at % #asks + 1
  return wrk.format("GET", asks[at])
end
