using System.Text;

namespace TPacket.Server.Tests.Rules;

/// <summary>Rules with a view for each member: the sum and its own secret.</summary>
internal sealed class SecretTallyRules : TallyRules
{
    public override bool ReadsPresence => false;

    public override int ViewerOf(Tally state, RoomMember member) => member.Id;

    public override byte[] View(Tally state, int viewer) => Encoding.UTF8.GetBytes($"sum {state.Sum}, secret {state.Secrets.GetValueOrDefault(viewer)}");
}
