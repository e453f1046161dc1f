namespace TPacket.Server.Tests.Rules;

/// <summary>Members do not see who has acted.</summary>
internal sealed class HidingTallyRules : TallyRules
{
    public override bool HidesAuthors => true;
}
