using System.Text;

namespace TPacket.Testing.Rules;

/// <summary>A failed run, and the shortest run with a fault that the search has found.</summary>
internal sealed class SimulatedFailure
{
    private const int MaxRuns = 400;

    private readonly SimulatedRules _rules;
    private readonly int _stepsBefore;
    private readonly int _seed;
    private SimulatedSetup _setup;
    private SimulatedStep[] _steps;
    private string _fault;
    private List<string> _log = [];
    private int _runs;

    /// <summary>Shortens a failed run.</summary>
    public SimulatedFailure(SimulatedRules rules, SimulatedSetup setup, SimulatedStep[] steps, string fault)
    {
        (_rules, _setup, _steps, _fault, _seed, _stepsBefore) = (rules, setup, steps, fault, setup.Seed, steps.Length);
        Try(setup, steps);
        Shorten();
    }

    /// <summary>The number of remaining steps.</summary>
    public int Steps => _steps.Length;

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(FormattableString.Invariant($"Seed {_seed} fails: {_fault}"));
        text.AppendLine();
        text.AppendLine(FormattableString.Invariant(
            $"Shortened to {_steps.Length} of {_stepsBefore} steps, {_setup.Nodes} {(_setup.Nodes == 1 ? "node" : "nodes")} and {(_setup.IsCalm ? "a network without faults" : "a network with faults")}{(_runs >= MaxRuns ? $"; it might be shorter, but the search has ended after {MaxRuns} runs" : "")}:"));
        foreach (var line in _log)
            text.AppendLine(line);
        text.AppendLine();
        text.Append(FormattableString.Invariant($"Run(seeds: 1, firstSeed: {_seed}) repeats the run."));
        return text.ToString();
    }

    private void Shorten()
    {
        Try(_setup with { IsCalm = true }, _steps);
        for (var nodes = 1; nodes < _setup.Nodes; nodes++)
        {
            if (Try(_setup with { Nodes = nodes }, _steps))
                break;
        }

        // Delta debugging: leaves out smaller and smaller parts of the steps, as long as the run still fails.
        for (var part = Math.Max(1, _steps.Length / 2); _runs < MaxRuns;)
        {
            var isShorter = false;
            for (var at = 0; at < _steps.Length;)
            {
                if (Try(_setup, [.. _steps.AsSpan(0, at), .. _steps.AsSpan(Math.Min(at + part, _steps.Length))]))
                    isShorter = true;
                else
                    at += part;
            }

            if (part == 1 && !isShorter)
                break;
            part = Math.Max(1, part / 2);
        }
    }

    private bool Try(SimulatedSetup setup, SimulatedStep[] steps)
    {
        if (_runs >= MaxRuns)
            return false;
        _runs++;
        var log = new List<string>();
        if (new SimulatedRun(_rules, setup, log).Execute(steps) is not { } fault)
            return false;
        (_setup, _steps, _fault, _log) = (setup, steps, fault, log);
        return true;
    }
}
