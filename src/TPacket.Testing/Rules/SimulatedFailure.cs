using System.Text;

namespace TPacket.Testing;

/// <summary>A run that has failed, and the shortest one like it that was found.</summary>
internal sealed class SimulatedFailure
{
    private const int MaxRuns = 400;

    private readonly SimulatedRules _rules;
    private readonly int _stepsBefore;
    private readonly int _seed;
    private SimulatedSetup _setup;
    private SimulatedStep[] _steps;
    private string _fault;
    private List<string> _told = [];
    private int _runs;

    /// <summary>Takes a run that has failed.</summary>
    public SimulatedFailure(SimulatedRules rules, SimulatedSetup setup, SimulatedStep[] steps, string fault)
    {
        (_rules, _setup, _steps, _fault, _seed, _stepsBefore) = (rules, setup, steps, fault, setup.Seed, steps.Length);
        Try(setup, steps);
        Shorten();
    }

    /// <summary>How many steps are left.</summary>
    public int Steps => _steps.Length;

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(FormattableString.Invariant($"Seed {_seed} fails: {_fault}"));
        text.AppendLine();
        text.AppendLine(FormattableString.Invariant(
            $"Shortened to {_steps.Length} of {_stepsBefore} steps, {_setup.Nodes} {(_setup.Nodes == 1 ? "node" : "nodes")} and {(_setup.IsCalm ? "a network without faults" : "a network with faults")}{(_runs >= MaxRuns ? $"; it might be shorter, but the search has ended after {MaxRuns} runs" : "")}:"));
        foreach (var line in _told)
            text.AppendLine(line);
        text.AppendLine();
        text.Append(FormattableString.Invariant($"Run(seeds: 1, firstSeed: {_seed}) runs it again."));
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

        // Delta debugging: leaves out parts of the steps, ever smaller ones, while the run fails without them.
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
        var told = new List<string>();
        if (new SimulatedRun(_rules, setup, told).Execute(steps) is not { } fault)
            return false;
        (_setup, _steps, _fault, _told) = (setup, steps, fault, told);
        return true;
    }
}
