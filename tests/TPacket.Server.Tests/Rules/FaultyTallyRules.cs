namespace TPacket.Server.Tests.Rules;

/// <summary>Rules with methods that throw on command. Members see the added number, or the sum.</summary>
internal sealed class FaultyTallyRules : TallyRules
{
    /// <summary>The member that throws.</summary>
    public string Failing { get; set; } = "";

    public override bool ReadsPresence => false;

    public override int CheckpointEvents => 4;

    public override Tally Start(RulesStart start) => Try(nameof(Start), base.Start(start));

    public override DateTimeOffset? WakeAt(Tally state) => Try(nameof(WakeAt), base.WakeAt(state));

    public override Decision<TallyEvent> Wake(Tally state, DateTimeOffset time) => Try(nameof(Wake), base.Wake(state, time));

    public override bool IsFinished(Tally state) => Try(nameof(IsFinished), false);

    public override int ViewerOf(Tally state, RoomMember member) => Try(nameof(ViewerOf), member.Nick == "bob" ? 1 : 0);

    public override byte[] View(Tally state, int viewer) => Try(viewer == 1 ? nameof(View) : "", System.Text.Encoding.UTF8.GetBytes($"sum {state.Sum}"));

    public override byte[]? Change(Tally before, in RulesEvent<TallyEvent> happened, Tally after, int viewer) =>
        Try(viewer == 1 ? nameof(Change) : "", happened.Event is TallyEvent.Added added ? System.Text.Encoding.UTF8.GetBytes($"+{added.Number}") : []);

    public override byte[] WriteState(Tally state) => Try(nameof(WriteState), base.WriteState(state));

    private T Try<T>(string member, T value) => Failing == member && member.Length > 0 ? throw new InvalidOperationException($"{member} was made to fail.") : value;
}
