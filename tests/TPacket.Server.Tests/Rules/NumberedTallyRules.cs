namespace TPacket.Server.Tests.Rules;

/// <summary>Have numbers that make no sense.</summary>
internal sealed class NumberedTallyRules(int checkpointEvents, int oldestVersion) : TallyRules
{
    public override int CheckpointEvents => checkpointEvents;

    public override int OldestVersion => oldestVersion;
}
