using System.Diagnostics;

namespace TPacket.Fuzz;

/// <summary>Runs mutations of a corpus against a target for a time, and keeps each mutation that reaches new branches or counts.</summary>
internal sealed class Fuzzer(IFuzzTarget target, string corpusFolder, string findingsFolder, int seed)
{
    private const int MaxInputLength = 2048;
    private static readonly TimeSpan _hang = TimeSpan.FromSeconds(10);

    private readonly Random _random = new(seed);
    private readonly List<byte[]> _corpus = [];
    private readonly HashSet<string> _findings = [];
    private byte[] _running = [];
    private long _runningSince;

    /// <summary>Fuzzes the target.</summary>
    /// <returns>The number of findings.</returns>
    public int Run(TimeSpan time)
    {
        var map = new CoverageMap();
        using var watch = new Timer(_ => FailWhenHung(), null, _hang, _hang);
        var mutator = new Mutator(_random, target.Dictionary, MaxInputLength);
        foreach (var input in target.Seeds.Concat(Corpus.Read(corpusFolder)))
            Try(map, input, keep: true);
        Console.WriteLine($"{target.Name}: {_corpus.Count} inputs to begin with, {map.Edges} branches, seed {seed}");

        var clock = Stopwatch.StartNew();
        var nextReport = TimeSpan.FromMinutes(1);
        long runs = 0;
        while (clock.Elapsed < time)
        {
            for (var i = 0; i < 256; i++, runs++)
            {
                // Recent inputs are mutated most often.
                var newest = _random.Next(2) == 0 ? _random.Next(Math.Max(0, _corpus.Count - 32), _corpus.Count) : _random.Next(_corpus.Count);
                Try(map, mutator.Mutate(_corpus[newest], _corpus[_random.Next(_corpus.Count)]), keep: false);
            }

            if (clock.Elapsed < nextReport)
                continue;
            nextReport += TimeSpan.FromMinutes(1);
            Report(clock, runs, map);
        }

        Report(clock, runs, map);
        Reduce();
        return _findings.Count;
    }

    private void Report(Stopwatch clock, long runs, CoverageMap map) =>
        Console.WriteLine($"{target.Name}: {clock.Elapsed.TotalSeconds:F0} s, {runs} runs, {runs / clock.Elapsed.TotalSeconds:F0} a second, {_corpus.Count} inputs, {map.Edges} branches, {_findings.Count} findings");

    private void Try(CoverageMap map, byte[] input, bool keep)
    {
        CoverageMap.Clear();
        _running = input;
        Volatile.Write(ref _runningSince, Stopwatch.GetTimestamp());
        try
        {
            target.Run(input);
        }
        catch (Exception e)
        {
            OnFinding(input, e);
        }

        Volatile.Write(ref _runningSince, 0);
        if (map.Learn() || keep)
            _corpus.Add(input);
    }

    private void OnFinding(byte[] input, Exception error)
    {
        // One finding is kept for each place in the code, not for each input.
        var frames = new StackTrace(error).GetFrames();
        var place = $"{error.GetType().Name} {string.Join(" < ", frames.Take(3).Select(static frame => frame.GetMethod()?.Name))} {(error is FindingException ? error.Message : "")}";
        if (!_findings.Add(place))
            return;
        var path = Corpus.Write(findingsFolder, input);
        Console.WriteLine($"FINDING {path}\n{error}");
    }

    /// <summary>Reduces the corpus to inputs that reach the same branches and counts, with a preference for short inputs.</summary>
    private void Reduce()
    {
        var map = new CoverageMap();
        var kept = new List<byte[]>();
        foreach (var input in _corpus.OrderBy(static input => input.Length))
        {
            CoverageMap.Clear();
            try
            {
                target.Run(input);
            }
            catch (Exception)
            {
                continue; // A finding, which is in the folder of findings.
            }

            if (map.Learn())
                kept.Add(input);
        }

        if (Directory.Exists(corpusFolder))
            Directory.Delete(corpusFolder, recursive: true);
        foreach (var input in kept)
            Corpus.Write(corpusFolder, input);
        Console.WriteLine($"{target.Name}: corpus reduced to {kept.Count} inputs, {kept.Sum(static input => input.Length)} bytes");
    }

    private void FailWhenHung()
    {
        var since = Volatile.Read(ref _runningSince);
        if (since == 0 || Stopwatch.GetElapsedTime(since) < _hang)
            return;
        Console.WriteLine($"FINDING {Corpus.Write(findingsFolder, _running)}\nhangs");
        Environment.Exit(2);
    }
}
