using TPacket.Client;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>The checker finds each kind of violation in the record of a run.</summary>
public class RecordCheckerTests
{
    private readonly SoundRecord _record = new();

    [Fact]
    public void A_record_without_a_fault_passes() => Assert.Empty(_record.Check());

    [Theory]
    [InlineData(3)] // bob joins
    [InlineData(5)] // alice talks
    [InlineData(10)] // half of a change of nick
    [InlineData(11)]
    public void An_event_that_a_client_has_not_reported_is_found(int note)
    {
        _record.AliceNotes.RemoveAt(note);

        Finds("A in lobby");
    }

    [Fact]
    public void Missing_events_after_a_resumption_are_found()
    {
        _record.BobNotes.RemoveAt(4);

        Finds("B in lobby");
    }

    [Fact]
    public void A_repeated_event_is_found()
    {
        _record.BobNotes.Insert(5, _record.BobNotes[4]);

        Finds("B in lobby");
    }

    [Fact]
    public void Events_in_another_order_are_found()
    {
        (_record.AliceNotes[4], _record.AliceNotes[5]) = (_record.AliceNotes[5], _record.AliceNotes[4]);

        Finds("A in lobby");
    }

    [Fact]
    public void Another_text_at_a_position_is_found()
    {
        _record.AliceNotes[5] = _record.AliceNotes[5] with { Text = "alice:7" };

        Finds("A in lobby");
    }

    [Fact]
    public void Another_sender_nick_or_time_of_an_event_is_found()
    {
        foreach (var wrong in new[] { _record.AliceNotes[5] with { UserId = SoundRecord.Bob }, _record.AliceNotes[5] with { Nick = "eve" }, _record.AliceNotes[5] with { Time = 1 } })
        {
            _record.AliceNotes[5] = wrong;
            Finds("A in lobby");
        }
    }

    [Fact]
    public void An_event_that_no_log_has_is_found()
    {
        _record.BobNotes.Add(_record.Reported(NoteKind.Message, 6) with { Offset = 40 });

        Finds("is not in the log");
    }

    [Fact]
    public void An_impossible_roster_is_found()
    {
        _record.BobNotes[0] = _record.BobNotes[0] with { Roster = [new Present(SoundRecord.Bob, "bob", IsAway: false)] };

        Finds("B in lobby: the roster");
    }

    [Fact]
    public void A_missing_absence_in_a_roster_is_found()
    {
        _record.EveNotes[0] = _record.EveNotes[0] with { Roster = [.. _record.EveNotes[0].Roster.Select(static present => present with { IsAway = present.Id == SoundRecord.Bob })] };

        Finds("E in lobby: the roster");
    }

    [Fact]
    public void A_missing_message_of_the_history_is_found()
    {
        _record.EveNotes.RemoveAt(2);

        Finds("E in lobby: the messages");
    }

    [Fact]
    public void A_missing_message_between_history_and_events_is_found()
    {
        // Entered before bob's only message, and did not receive it.
        _record.EveNotes.RemoveAt(3);
        _record.EveNotes.Insert(4, _record.Reported(NoteKind.Message, 6) with { Offset = 8 });

        Finds("E in lobby");
    }

    [Fact]
    public void Another_text_in_the_history_is_found()
    {
        _record.EveNotes[2] = _record.EveNotes[2] with { Text = "alice:7" };

        Finds("E in lobby");
    }

    [Fact]
    public void A_leave_of_a_user_that_resumed_in_time_is_found()
    {
        _record.Log[3] = SoundRecord.Entry(3, RoomEventKind.Left, SoundRecord.Bob, "bob") with { Cause = LeaveCause.Expired };
        _record.Log[5] = SoundRecord.Entry(5, RoomEventKind.Joined, SoundRecord.Bob, "bob");

        Finds("B resumed in time, and the log has its leave");
    }

    [Theory]
    [InlineData(LeaveCause.NodeLost)]
    [InlineData(LeaveCause.Moved)]
    [InlineData(LeaveCause.Removed)]
    public void A_leave_without_a_cause_is_found(LeaveCause cause)
    {
        _record.Log[9] = _record.Log[9] with { Cause = cause };

        Finds("B resumed in time, and the log has its leave");
    }

    [Fact]
    public void Another_id_after_a_lost_connection_is_found()
    {
        _record.BobNotes[5] = SoundRecord.Ready(0x1009, "bob", SessionContinuity.Resumed);

        Finds("B has several ids");
    }

    [Fact]
    public void A_user_that_had_to_sign_in_again_is_found()
    {
        _record.BobNotes[5] = SoundRecord.Ready(SoundRecord.Bob, "bob", SessionContinuity.SignedIn);

        Finds("B has signed in again");
    }

    [Fact]
    public void Another_nick_after_a_lost_connection_is_found()
    {
        _record.BobNotes[5] = SoundRecord.Ready(SoundRecord.Bob, "bob2", SessionContinuity.Resumed);

        Finds("B has the nick bob2");
    }

    [Fact]
    public void A_refused_nick_in_a_roster_is_found()
    {
        _record.AliceNotes[12] = new Note(NoteKind.NickRefused);

        Finds("A has the nick ally");
    }

    [Fact]
    public void A_client_that_does_not_reconnect_is_found()
    {
        _record.EveNotes.Add(new Note(NoteKind.GaveUp) { Text = "4001" });

        Finds("E does not reconnect");
    }

    [Fact]
    public void A_receipt_without_an_event_is_found()
    {
        _record.AliceSpeeches.Add(SoundRecord.Receipted("alice:2", 2, sent: 7, answered: 8, offset: 6));

        Finds("A: a receipt without an event");
    }

    [Fact]
    public void A_receipt_of_another_event_is_found()
    {
        _record.AliceSpeeches[1] = SoundRecord.Receipted("alice:1", 1, sent: 3, answered: 4, offset: 6);

        Finds("A: the receipt differs from the event");
    }

    [Fact]
    public void A_text_that_was_appended_twice_is_found()
    {
        _record.Log[6] = SoundRecord.Entry(6, RoomEventKind.Message, SoundRecord.Alice, "alice", "alice:1");

        Finds("is in the log of lobby already");
    }

    [Fact]
    public void A_text_that_was_refused_and_is_in_the_log_is_found()
    {
        _record.BobSpeeches[0] = _record.BobSpeeches[0] with { Outcome = SpeechOutcome.NotAppended };

        Finds("B: a refused text is in the log");
    }

    [Fact]
    public void A_text_without_a_receipt_is_found()
    {
        _record.AliceSpeeches.Add(new Speech("alice:2", 2, 9));

        Finds("A: a text without an answer");
    }

    [Fact]
    public void A_text_that_no_client_has_sent_is_found()
    {
        _record.Log[6] = SoundRecord.Entry(6, RoomEventKind.Message, SoundRecord.Bob, "bob", "bob:7");

        Finds("no client with this id has sent");
    }

    [Fact]
    public void A_text_of_another_user_is_found()
    {
        _record.Log[6] = SoundRecord.Entry(6, RoomEventKind.Message, SoundRecord.Alice, "alice", "bob:0");

        Finds("no client with this id has sent");
    }

    [Fact]
    public void Texts_of_a_client_in_another_order_are_found()
    {
        _record.AliceSpeeches[0] = _record.AliceSpeeches[0] with { Number = 3 };

        Finds("A has sent 3 before 1");
    }

    [Fact]
    public void A_text_before_a_text_with_an_earlier_receipt_is_found()
    {
        // bob had his receipt before alice sent her text.
        _record.BobSpeeches[0] = SoundRecord.Receipted("bob:0", 0, sent: 0, answered: 2, offset: 6);
        _record.AliceSpeeches[1] = SoundRecord.Receipted("alice:1", 1, sent: 3, answered: 4, offset: 4);

        Finds("and follows it in the log");
    }

    [Fact]
    public void A_ghost_is_found()
    {
        _record.Log.RemoveAt(11);

        Finds("is left");
    }

    [Fact]
    public void A_gap_in_a_log_is_found()
    {
        _record.Log.RemoveAt(4);

        Finds("is at the place of event 4");
    }

    [Fact]
    public void An_event_of_a_user_outside_of_the_room_is_found()
    {
        _record.Log[6] = SoundRecord.Entry(6, RoomEventKind.Message, SoundRecord.Eve, "eve", "bob:0");

        Finds("it is no member's");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_ghost_in_the_last_roster_is_found(bool isAway)
    {
        var quiet = _record.EveNotes.FindIndex(static note => note.Kind == NoteKind.Quiet);
        _record.EveNotes[quiet] = _record.EveNotes[quiet] with { Roster = [.. _record.EveNotes[quiet].Roster, new Present(0x1009, "ghost", isAway)] };

        Finds("E: the roster of lobby is");
    }

    [Fact]
    public void An_event_that_a_server_has_left_out_is_found()
    {
        _record.SecondBobConnection.RemoveAt(1);

        Finds("B 1: event 4 of lobby arrives at the place of event 3");
    }

    [Fact]
    public void An_event_that_a_server_has_sent_twice_is_found()
    {
        _record.SecondBobConnection.Insert(2, _record.SecondBobConnection[1]);

        Finds("B 1: event 3 of lobby arrives at the place of event 4");
    }

    [Fact]
    public void A_resumption_from_a_position_that_no_log_has_is_found()
    {
        _record.Resumed = (2, 99);

        Finds("B 1: a RESUME with the position");
    }

    [Fact]
    public void Another_check_or_offset_or_content_on_the_wire_is_found()
    {
        var right = _record.Event(4);
        foreach (var wrong in new[] { right with { Data = [.. right.Data[..8], 0xFF, .. right.Data[9..]] }, right with { P1 = 5 }, right with { Data = [.. right.Data[..^1], (byte)'7'] }, right with { Data = right.Data[..16] } })
        {
            _record.AliceConnection[_record.AliceConnection.FindIndex(static packet => packet is { Command: PacketCommand.Event } && packet.Check == 104 || packet.P1 == 5)] = wrong;
            Finds("A 0: ");
            _record.AliceConnection[_record.AliceConnection.IndexOf(wrong)] = right;
        }

        Assert.Empty(_record.Check());
    }

    [Fact]
    public void A_snapshot_at_a_position_that_its_log_does_not_have_is_found()
    {
        _record.AliceConnection[0] = SoundRecord.Snapshot(40);

        Finds("A 0: a snapshot of lobby");
    }

    [Fact]
    public void A_receipt_before_its_event_is_found()
    {
        var receipt = _record.AliceConnection.FindIndex(static packet => packet.Command == PacketCommand.Receipt);
        (_record.AliceConnection[receipt - 1], _record.AliceConnection[receipt]) = (_record.AliceConnection[receipt], _record.AliceConnection[receipt - 1]);

        Finds("A 0: the receipt");
    }

    [Fact]
    public void A_receipt_of_no_message_is_found()
    {
        _record.AliceConnection.Add(SoundRecord.Receipt(3));

        Finds("A 0: no log has the event of");
    }

    [Fact]
    public void A_bare_event_is_found()
    {
        _record.AliceConnection.Add(new WirePacket(PacketCommand.DelUser, -1, SoundRecord.Bob, 0, [.. "bob"u8]));

        Finds("A 0: bare");
    }

    private void Finds(string what) => Assert.Contains(_record.Check(), finding => finding.Contains(what, StringComparison.Ordinal));
}
