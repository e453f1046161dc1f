namespace TPacket.Server.Tests.Rules;

/// <summary>Rules that hide the author of a command.</summary>
internal sealed class HidingTallyRules : TallyRules
{
    public override bool HidesAuthors => true;
}
