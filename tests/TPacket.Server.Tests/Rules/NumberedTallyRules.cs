namespace TPacket.Server.Tests.Rules;

/// <summary>Rules with an invalid checkpoint interval or version.</summary>
internal sealed class NumberedTallyRules(int checkpointEvents, int oldestVersion) : TallyRules
{
    public override int CheckpointEvents => checkpointEvents;

    public override int OldestVersion => oldestVersion;
}
