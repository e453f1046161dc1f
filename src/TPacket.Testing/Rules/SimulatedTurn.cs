using TPacket.Server;
using TPacket.Server.Rules.State;

namespace TPacket.Testing.Rules;

/// <summary>The decisions of the rules on a node, one at a time: about packets and at wake-ups. After a conflict the rules decide again, as in the engine.</summary>
internal sealed class SimulatedTurn(SimulatedRun run, SimulatedNode node)
{
    private const int WireCommand = 256;
    private const int Attempts = 16;

    // Null for a wake-up.
    private readonly Queue<SimulatedPacket?> _waiting = new();
    private bool _isBusy;

    public void Add(SimulatedPacket packet)
    {
        _waiting.Enqueue(packet);
        Next();
    }

    public void AddWake()
    {
        _waiting.Enqueue(null);
        Next();
    }

    public void Clear()
    {
        _waiting.Clear();
        _isBusy = false;
    }

    public void Next()
    {
        if (_isBusy || !node.Room.IsReady || !_waiting.TryDequeue(out var packet))
            return;
        _isBusy = true;
        if (packet is null)
            Wake(0, node.Now);
        else
            Decide(packet, 0, node.Now);
    }

    private void End()
    {
        _isBusy = false;
        Next();
    }

    private void Decide(SimulatedPacket packet, int attempt, long now)
    {
        if (attempt == Attempts)
        {
            Answer(packet, isKnown: true, "has to be tried again", isRefused: true);
            return;
        }

        var proposal = node.Room.Replica.Decide(packet.Data, WireCommand, packet.Who, now);
        if (proposal.Error is { } error)
            run.Findings.Report($"Decide, or Evolve for the decided events, has thrown: {error}");
        else if (proposal.Kind == RulesProposalKind.Append)
            node.Append(proposal.Append with { Request = packet.Request, Content = packet.Data }, packet.Who.Session, null, result => OnAppended(packet, proposal, attempt, now, result));
        else
            node.Append(new RoomAppend { Request = packet.Request, Content = packet.Data }, packet.Who.Session, null, result => OnLookedUp(packet, proposal, result));
    }

    private void OnAppended(SimulatedPacket packet, RulesProposal proposal, int attempt, long now, AppendResult? answer)
    {
        if (answer is not { } result)
            Answer(packet, isKnown: false, "gets no answer");
        else if (result.IsAppended)
            node.Room.Reach(result.Position.Offset, () => OnReceipt(packet, result.Position));
        else if (result.Status is AppendStatus.Conflict or AppendStatus.OutOfTime)
            Retry(proposal, result, now, next => Decide(packet, attempt + 1, next));
        else
            Answer(packet, isKnown: false, $"is not taken: {result.Status}");
    }

    private void OnLookedUp(SimulatedPacket packet, RulesProposal proposal, AppendResult? answer)
    {
        if (answer is not { } result)
            Answer(packet, isKnown: false, "gets no answer");
        else if (result.IsAppended)
            node.Room.Reach(result.Position.Offset, () => OnReceipt(packet, result.Position));
        else if (result.Status != AppendStatus.NotFound)
            Answer(packet, isKnown: false, $"is not taken: {result.Status}");
        else
        {
            run.Counts.Refusals++;
            Answer(packet, isKnown: true, proposal.Why is { } why ? $"is refused: {why}" : "has no effect", isRefused: true);
        }
    }

    private void OnReceipt(SimulatedPacket packet, RoomPosition position)
    {
        if (run.Log.AnswerTo(packet.Request) != position)
            run.Findings.Report($"{packet.Sender.Nick} gets a receipt for request {packet.Uid} after event {position.Offset}, but the log does not have the request there.");
        Answer(packet, isKnown: true, $"has its receipt, after event {position.Offset}");
    }

    private void Answer(SimulatedPacket packet, bool isKnown, string text, bool isRefused = false)
    {
        run.Say($"request {packet.Uid} of {packet.Sender.Nick} {text} ({node.Name})");
        if (!run.Happens(3))
            run.Time.After(run.Delay(), () => packet.Sender.OnAnswer(packet, isKnown, isRefused));
        End();
    }

    private void Wake(int attempt, long now)
    {
        if (attempt == Attempts)
        {
            node.WakeLater(node.Now + 1_000);
            End();
            return;
        }

        var named = node.Room.Replica.WakeAt;
        var proposal = node.Room.Replica.WorkAndWake(WireCommand, now);
        if (proposal.Error is { } error)
        {
            run.Findings.Report($"Wake, or Evolve for the decided events, has thrown: {error}");
        }
        else if (proposal.Kind != RulesProposalKind.Append)
        {
            // The timer may have been set for another time.
            node.WakeLater(named);
            node.Room.Settle();
            End();
        }
        else
        {
            run.Say($"{node.Name} wakes the rules");
            node.Append(proposal.Append, 0, named, result => OnWoken(proposal, attempt, now, result));
        }
    }

    private void OnWoken(RulesProposal proposal, int attempt, long now, AppendResult? answer)
    {
        if (answer is { Status: AppendStatus.Conflict or AppendStatus.OutOfTime } result)
        {
            Retry(proposal, result, now, next => Wake(attempt + 1, next));
            return;
        }

        if (answer is not { IsAppended: true })
            node.WakeLater(node.Now + SimulatedRun.WakeRetry);
        End();
    }

    private void Retry(RulesProposal proposal, AppendResult result, long now, Action<long> again)
    {
        run.Counts.Conflicts++;
        if (result.Status == AppendStatus.Conflict)
            node.Room.Reach(result.Position.Offset, () => again(Math.Max(now, node.Now)));
        else
            again(Math.Max(Math.Max(now, node.Now), proposal.Append.Condition!.NotAfter is { } last ? last + 1 : now));
    }
}
